/* Misuse: what happens when a program breaks the contract. Hides the handler. */
#ifndef TRUCE_MISUSE_H
#define TRUCE_MISUSE_H

/* Stops the program with the broken rule as a sentence; see truce_set_misuse_handler. */
_Noreturn void truce_misuse_(const char *sentence);

#endif
