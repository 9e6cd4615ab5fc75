# The installed library: libdistill.a, the headers that docs/library.md lists (with every header they include),
# a CMake package and a pkg-config file. The programs do not use it: they link the modules directly.

set(DISTILL_PUBLIC_HEADERS
    distill/base/status.h
    distill/base/memory.h
    distill/base/text.h
    distill/base/log.h
    distill/base/threads.h
    distill/checkpoint/hf_read.h
    distill/checkpoint/hf_write.h
    distill/text/tokenizer/tokenizer.h
    distill/text/chat/chat_template.h
    distill/generate/local_generator.h
    distill/openai/client.h
    distill/generate/score.h
    datasets/traces/record.h
    datasets/traces/trace_store.h
    datasets/traces/shard/trace_reader.h
    datasets/verify/verdict.h)

# distill_header_closure(OUT HEADER...): the headers and all headers of this project that they include
function(distill_header_closure out)
  set(pending ${ARGN})
  set(closure)
  while(pending)
    list(POP_FRONT pending header)
    if(header IN_LIST closure)
      continue()
    endif()
    list(APPEND closure ${header})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${header})
    file(STRINGS ${CMAKE_SOURCE_DIR}/${header} lines REGEX "^#include \"")
    foreach(line ${lines})
      string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" included "${line}")
      list(APPEND pending ${included})
    endforeach()
  endwhile()
  list(SORT closure)
  set(${out} ${closure} PARENT_SCOPE)
endfunction()

set(library_objects)
foreach(module base text tensor model checkpoint generate openai sandbox verify traces)
  get_target_property(type ${module} TYPE)
  if(type STREQUAL STATIC_LIBRARY)
    list(APPEND library_objects $<TARGET_OBJECTS:${module}>)
  endif()
endforeach()
add_library(distill_library STATIC ${library_objects})
set_target_properties(distill_library PROPERTIES OUTPUT_NAME distill LINKER_LANGUAGE C
                                                 ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)

include(GNUInstallDirs)
distill_header_closure(public_headers ${DISTILL_PUBLIC_HEADERS})
foreach(header ${public_headers})
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/distill-toolkit/${folder})
endforeach()
install(TARGETS distill_library ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})

# What a program that links libdistill.a needs besides: pkg-config modules, and libraries without one.
set(DISTILL_LINK_MODULES libcjson libzstd libpcre2-8 libutf8proc libcrypto hdf5 libcurl gmp zlib libseccomp)
set(DISTILL_LINK_FLAGS "-lpthread -ldl -lm")
list(JOIN DISTILL_LINK_MODULES " " DISTILL_PC_REQUIRES)
file(RELATIVE_PATH DISTILL_PREFIX_FROM_LIB /prefix/${CMAKE_INSTALL_LIBDIR} /prefix) # the folder may be moved as a whole
configure_file(distill/cmake/distill.pc.in distill.pc @ONLY)
configure_file(distill/cmake/distill-config.cmake.in distill-config.cmake @ONLY)
include(CMakePackageConfigHelpers)
write_basic_package_version_file(distill-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/distill.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${CMAKE_BINARY_DIR}/distill-config.cmake ${CMAKE_BINARY_DIR}/distill-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/distill)
