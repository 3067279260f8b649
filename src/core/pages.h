#pragma once

#include <string_view>

namespace serjeant {

// Gives the pages under `bytes` back to the system, if they are part of a file
// that a MappedFile maps and lie wholly within the stretch; they are read again
// from the file if they are needed again. Of any other memory nothing happens.
// For passes over evidence that are longer than memory: what is mapped counts
// as used from the first touch until it is given back.
void give_back_pages(std::string_view bytes);

}  // namespace serjeant
