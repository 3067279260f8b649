// Must not compile: text that is no literal goes into a page unescaped.
#include "share/html.h"

#ifdef MENDED
void f(serjeant::Html& page, const char* from_evidence) { page.raw("<b>").text(from_evidence); }
#else
void f(serjeant::Html& page, const char* from_evidence) { page.raw(from_evidence); }
#endif
