/* Every macro and inline function of the public headers, in the common subset of C and C++: only ever compiled. */
#include <truce/truce.h>

static truce_status body(truce_tx *tx, void *arg)
{
    truce_dict *dict = (truce_dict *)arg;
    truce_item value;
    TRUCE_TRY(truce_dict_get(tx, dict, truce_word(1), &value));
    TRUCE_NEED(truce_dict_set(tx, dict, truce_signed(-1), truce_ptr(&value)));
    if (truce_as_signed(value) < 0 || truce_as_ptr(value) == NULL) return TRUCE_USER_ROLL_BACK;
    return truce_as_bytes(value) == NULL ? TRUCE_OK : TRUCE_USER_COMMIT + 1;
}

static truce_item update(truce_item now, truce_item operand)
{
    return now.kind == TRUCE_NONE ? operand : now;
}

int main(void)
{
    truce_dict_options dict_options = TRUCE_DICT_OPTIONS_INIT;
    truce_run_options run_options = TRUCE_RUN_OPTIONS_INIT;
    truce_report report = TRUCE_REPORT_INIT;
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    truce_stats stats = TRUCE_STATS_INIT;
    truce_counter_options counter_options = TRUCE_COUNTER_OPTIONS_INIT;
    truce_var_options var_options = TRUCE_VAR_OPTIONS_INIT;
    truce_check_options check_options = TRUCE_CHECK_OPTIONS_INIT;
    truce_check_fault fault = TRUCE_CHECK_FAULT_INIT;
    truce_dict *dict;
    truce_counter *counter;
    truce_var *var;
    dict_options.keys = TRUCE_BYTES;
    run_options.report = &report;
    if (truce_dict_new(&dict_options, &dict) != TRUCE_OK) return 1;
    if (truce_dict_set(TRUCE_ALONE, dict, truce_text("key"), truce_bytes("value", 5)) != TRUCE_OK) return 1;
    if (truce_counter_new(&counter_options, &counter) != TRUCE_OK) return 1;
    if (truce_var_new(&var_options, &var) != TRUCE_OK) return 1;
    check_options.claims = TRUCE_COMMUTES;
    if (truce_check_update(update, &check_options, &fault) != TRUCE_OK) return 1;
    truce_stats_process(&stats);
    if (truce_conflict_text(&conflict, NULL, 0) > TRUCE_KEY_SIZE_MAX + TRUCE_VALUE_SIZE_MAX) return 1;
    return truce_run(&run_options, body, dict) + TRUCE_VERSION_MAJOR + TRUCE_VERSION_MINOR + TRUCE_VERSION_PATCH;
}
