// Must not compile: text that is no literal goes into a page unescaped.
#include "share/html.h"

void f(serjeant::Html& page, const char* from_evidence) { page.raw(from_evidence); }
