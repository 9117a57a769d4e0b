# Turns NNNN_name.sql into a C++ table. Run by the build (-P) with -DOUTPUT=…, included by
# modules.cmake to attach that step to a library.
if(CMAKE_SCRIPT_MODE_FILE)
    file(GLOB scripts ${CMAKE_CURRENT_LIST_DIR}/[0-9][0-9][0-9][0-9]_*.sql)
    list(SORT scripts)
    set(rows "")
    set(expected 1)
    foreach(script ${scripts})
        get_filename_component(name ${script} NAME_WE)
        string(SUBSTRING ${name} 0 4 digits)
        string(REGEX REPLACE "^0+" "" number ${digits})
        if(NOT number EQUAL expected)
            message(FATAL_ERROR "${name}: migration ${expected} comes next")
        endif()
        math(EXPR expected "${expected} + 1")
        file(READ ${script} sql)
        string(APPEND rows "    {${number}, \"${name}\", R\"sql(${sql})sql\"},\n")
    endforeach()
    file(WRITE ${OUTPUT} "#include \"store/sqlite/schema.h\"\n\nnamespace sewa::store::sqlite {\n\n"
         "namespace {\nconstexpr Migration kMigrations[] = {\n${rows}};\n}  // namespace\n\n"
         "std::span<Migration const> migrations() { return kMigrations; }\n\n}  // namespace sewa::store::sqlite\n")
    return()
endif()

function(sewa_embed_migrations target)
    set(here ${PROJECT_SOURCE_DIR}/src/store/migrations)
    set(output ${CMAKE_BINARY_DIR}/generated/migrations.gen.cc)
    file(GLOB scripts CONFIGURE_DEPENDS ${here}/*.sql)
    add_custom_command(OUTPUT ${output} DEPENDS ${scripts} ${here}/embed.cmake
        COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -P ${here}/embed.cmake)
    target_sources(${target} PRIVATE ${output})
endfunction()
