#include "collide.h"

#include "collections/dict_table.h"

void truce_test_collide(truce_dict *fresh_dict)
{
    fresh_dict->mixer.factor = 0;
}
