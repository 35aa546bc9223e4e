# truce_warnings(TARGET): the warnings every file of the project is compiled with.
function(truce_warnings target)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef
        $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes> $<$<BOOL:${TRUCE_WERROR}>:-Werror>)
endfunction()
