# truce_layer(NAME SOURCES file... INCLUDES directory...): a layer of the library, as the object library truce_NAME.
# It sees the public headers and the directories given, and hands none of them on.
include(CheckCCompilerFlag)
check_c_compiler_flag(-fno-semantic-interposition TRUCE_HAS_NO_SEMANTIC_INTERPOSITION)

function(truce_layer name)
    cmake_parse_arguments(PARSE_ARGV 1 layer "" "" "SOURCES;INCLUDES")
    set(target truce_${name})
    add_library(${target} OBJECT ${layer_SOURCES})
    set_target_properties(${target} PROPERTIES
        C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS ON
        C_VISIBILITY_PRESET hidden POSITION_INDEPENDENT_CODE ON)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/include ${layer_INCLUDES})
    # Exceptions and cancellation unwind through the library; its thread-locals are reached without a call.
    target_compile_options(${target} PRIVATE -fexceptions -ftls-model=initial-exec
        $<$<BOOL:${TRUCE_HAS_NO_SEMANTIC_INTERPOSITION}>:-fno-semantic-interposition>
        $<$<BOOL:${TRUCE_ARCH}>:-march=${TRUCE_ARCH}>)
    if(TRUCE_SANITIZE) # what is sanitized is slow enough
        target_compile_options(${target} PRIVATE -O1)
    endif()
    truce_warnings(${target})
    truce_sanitize(${target})
endfunction()
