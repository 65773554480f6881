# Compiles the files of page/assets into cleartap_page. Included by actors/CMakeLists.txt after that target exists.
file(GLOB page_assets CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/assets/*)
set(page_assets_source ${CMAKE_CURRENT_BINARY_DIR}/page/embedded_assets.cpp)
set(page_assets_script ${CMAKE_CURRENT_LIST_DIR}/embed_assets.cmake)

# The files are named in the command, so that removing one runs it again.
add_custom_command(
  OUTPUT ${page_assets_source}
  COMMAND ${CMAKE_COMMAND} -D OUTPUT=${page_assets_source} -D "FILES=${page_assets}" -P ${page_assets_script}
  DEPENDS ${page_assets} ${page_assets_script}
  COMMENT "Embedding the web page"
  VERBATIM)
target_sources(cleartap_page PRIVATE ${page_assets_source})
