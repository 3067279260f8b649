#pragma once

#include <string>

#include "core/arena.h"
#include "read/mail/message.h"

namespace serjeant::mail {

// Appends a message as one JSON object on one line: bodies as sorted by
// `sort_bodies`, and every part with its fields read by their grammar, its
// offsets and its decoded content. The shape is the one that parsers are
// compared by (docs/formats/eml.md): nested messages are objects of the same
// shape with part numbers of their own; offsets count from the start of the
// message, in an encoded nested message from that of its decoded bytes.
void write_message_tree(const Message& message, std::string& out);

}  // namespace serjeant::mail
