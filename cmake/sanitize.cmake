# truce_sanitize(TARGET): compiles and links the target with the sanitizers named by TRUCE_SANITIZE. A report ends the program.
function(truce_sanitize target)
    if(TRUCE_SANITIZE)
        target_compile_options(${target} PRIVATE
            -fsanitize=${TRUCE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
        target_link_options(${target} PRIVATE -fsanitize=${TRUCE_SANITIZE})
    endif()
endfunction()
