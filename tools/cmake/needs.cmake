# streamhouse_needs_NAME for each library of others in STREAMHOUSE_ROUTES_NEEDS and
# STREAMHOUSE_EXPORTERS_NEEDS, by the name that it has in third_party/. For CMakeLists.txt, and
# installed for programs that link the static libraries.
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_path(STREAMHOUSE_PROTOZERO protozero/pbf_writer.hpp REQUIRED)

# By pkg-config's names.
set(STREAMHOUSE_PC_zlib zlib)
set(STREAMHOUSE_PC_zstd libzstd)
set(STREAMHOUSE_PC_fmt fmt)
set(STREAMHOUSE_PC_libxcrypt libxcrypt)
set(STREAMHOUSE_PC_openssl openssl)
set(STREAMHOUSE_PC_re2 re2)
set(STREAMHOUSE_PC_snappy snappy)
set(STREAMHOUSE_PC_yaml_cpp yaml-cpp)

if(NOT TARGET streamhouse_needs_boost)
  add_library(streamhouse_needs_boost INTERFACE IMPORTED)
  target_link_libraries(streamhouse_needs_boost INTERFACE Boost::headers)
  add_library(streamhouse_needs_protozero INTERFACE IMPORTED)
  target_include_directories(streamhouse_needs_protozero INTERFACE ${STREAMHOUSE_PROTOZERO})
endif()
foreach(need IN LISTS STREAMHOUSE_ROUTES_NEEDS STREAMHOUSE_EXPORTERS_NEEDS)
  if(NOT TARGET streamhouse_needs_${need})
    pkg_check_modules(streamhouse_pc_${need} REQUIRED IMPORTED_TARGET ${STREAMHOUSE_PC_${need}})
    add_library(streamhouse_needs_${need} INTERFACE IMPORTED)
    target_link_libraries(streamhouse_needs_${need} INTERFACE PkgConfig::streamhouse_pc_${need})
  endif()
endforeach()
