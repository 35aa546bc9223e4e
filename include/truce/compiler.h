/* Two attributes that the other headers use. */
#ifndef TRUCE_COMPILER_H
#define TRUCE_COMPILER_H

#if defined(__GNUC__)
#define TRUCE_PUBLIC __attribute__((visibility("default")))
#define TRUCE_MUST_USE __attribute__((warn_unused_result))
#else
#define TRUCE_PUBLIC
#define TRUCE_MUST_USE
#endif

#endif
