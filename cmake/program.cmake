# truce_program(NAME SOURCES file... [LIBRARIES target...]): a program linked with the static library.
function(truce_program name)
    cmake_parse_arguments(PARSE_ARGV 1 program "" "" "SOURCES;LIBRARIES")
    add_executable(${name} ${program_SOURCES})
    set_target_properties(${name} PROPERTIES
        C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS ON
        CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
    target_link_libraries(${name} PRIVATE truce_static ${program_LIBRARIES} Threads::Threads)
    truce_warnings(${name})
    truce_sanitize(${name})
endfunction()
