#pragma once

#include <string_view>

// Keys made for these tests only; they protect nothing.
namespace serjeant {

// Ed25519, private
constexpr auto kTestKey = std::string_view(
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJwNNaOeGMrVSFl/rzlqge8dfWj19nBeDI6tZkREHyid\n"
    "-----END PRIVATE KEY-----\n");
// Ed25519, public half of kTestKey
constexpr auto kTestPublicKey = std::string_view(
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAXTITFd5vWocmk7UGiwfgd9X8StQUa1ihDVwc94vQwVw=\n"
    "-----END PUBLIC KEY-----\n");
// P-256: not of our kind
constexpr auto kTestEcKey = std::string_view(
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgEa/vVcmEqo33HV8K\n"
    "20cmGPqXxdKfWjnxGSJTrkwTtSihRANCAARw/LQp476ulFCeZaSn95QQOC+dU/gp\n"
    "/7XkPSzSG0xliFIq8mzdq9AgF0Fup8CVrSWmvSjMeksjWEDYm1VxpSOo\n"
    "-----END PRIVATE KEY-----\n");
// kTestKey, encrypted
constexpr auto kTestLockedKey = std::string_view(
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAg2ny/8zn4gsgICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEFhreR8xMC+UP8XRDm8bjXcEQJjd\n"
    "T+YZtRe7lk+rRqh/BDpyK64u9PPH++VVgUwMPYemfyExiaHk6HQas3SmslO1l9PG\n"
    "UMmQk8Gsv8GAsqUAqek=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n");

}  // namespace serjeant
