#include <truce/status.h>

#include <stddef.h>

#include <truce/settings.h>

static const char *const answers[] = {"TRUCE_OK", "TRUCE_ABSENT", "TRUCE_EMPTY", "TRUCE_FULL", "TRUCE_CLAIMED"};

static const char *const failures[] = {
    "TRUCE_CONFLICT",          "TRUCE_WAIT",      "TRUCE_NO_MEMORY", "TRUCE_TIMED_OUT",
    "TRUCE_TOO_MANY_ATTEMPTS", "TRUCE_TOO_LARGE", "TRUCE_CANCELLED", "TRUCE_EXPIRED",
    "TRUCE_UNEXPECTED",        "TRUCE_NO_RANDOM", "TRUCE_TOO_LATE",
};

const char *truce_status_name(truce_status status)
{
    if (status <= TRUCE_USER_ROLL_BACK || status >= TRUCE_USER_COMMIT) return "a status of the program";
    if (status >= 0 && (size_t)status < sizeof answers / sizeof *answers) return answers[status];
    if (status < 0 && (size_t)-status <= sizeof failures / sizeof *failures) return failures[-status - 1];
    return "unknown status";
}

#define TEXT_OF(number) TEXT(number)
#define TEXT(number) #number

const char *truce_version(void)
{
    return TEXT_OF(TRUCE_VERSION_MAJOR) "." TEXT_OF(TRUCE_VERSION_MINOR) "." TEXT_OF(TRUCE_VERSION_PATCH);
}
