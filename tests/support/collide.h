/* A dict whose keys all have one hash: every key in one bucket and its chain. */
#ifndef TRUCE_TESTS_SUPPORT_COLLIDE_H
#define TRUCE_TESTS_SUPPORT_COLLIDE_H

#include <truce/dict.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Makes all keys of a dict hash alike. The dict must be new: nothing was ever put into it or looked for in it. */
void truce_test_collide(truce_dict *fresh_dict);

#ifdef __cplusplus
}
#endif

#endif
