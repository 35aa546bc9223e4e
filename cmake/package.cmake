# The two libraries' properties, and what is installed: libraries, headers, CMake package, pkg-config file.
include(CMakePackageConfigHelpers)

set(version_script ${PROJECT_SOURCE_DIR}/cmake/truce.map)
set_target_properties(truce PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR} LINK_DEPENDS ${version_script})
set_target_properties(truce_static PROPERTIES OUTPUT_NAME truce)
target_link_options(truce PRIVATE LINKER:--version-script=${version_script})
target_link_libraries(truce PRIVATE Threads::Threads)
target_link_libraries(truce_static PUBLIC Threads::Threads)
truce_sanitize(truce)

foreach(library IN ITEMS truce truce_static)
    add_library(truce::${library} ALIAS ${library})
    target_include_directories(${library} INTERFACE
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endforeach()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/truce)
install(TARGETS truce truce_static EXPORT truce)
install(DIRECTORY include/truce DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(EXPORT truce NAMESPACE truce:: FILE truce-targets.cmake DESTINATION ${package_dir})
configure_package_config_file(cmake/truce-config.cmake.in truce-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(truce-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/truce-config.cmake ${PROJECT_BINARY_DIR}/truce-config-version.cmake
    DESTINATION ${package_dir})

# The pkg-config file finds its prefix from where it lies, so that an installed tree may be moved.
set(pkgconfig_dir ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH pkgconfig_to_prefix ${pkgconfig_dir} ${CMAKE_INSTALL_PREFIX})
file(RELATIVE_PATH pkgconfig_to_libdir ${pkgconfig_dir} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH pkgconfig_to_includedir ${pkgconfig_dir} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(cmake/truce.pc.in truce.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/truce.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
