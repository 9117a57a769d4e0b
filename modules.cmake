# The modules in dependency order; ARCHITECTURE.md draws it.
sewa_module(core DEPENDS fmt::fmt)
sewa_module(shard DEPENDS sewa_core Threads::Threads)
sewa_module(net DEPENDS sewa_shard OpenSSL::SSL)
sewa_module(http DEPENDS sewa_net)
# A short final chunk that arrives byte by byte trips an assertion inside Beast, harmlessly.
target_compile_definitions(sewa_http PRIVATE BOOST_DISABLE_ASSERTS)
add_subdirectory(client)
sewa_module(store DEPENDS sewa_core)
sewa_module(wire DEPENDS sewa_core sewa_store simdjson::simdjson)
sewa_module(auth DEPENDS sewa_core OpenSSL::Crypto simdjson::simdjson)
sewa_module(ws DEPENDS sewa_net OpenSSL::Crypto PkgConfig::ZLIB)
sewa_module(chat DEPENDS sewa_core sewa_shard sewa_store sewa_wire)
sewa_module(session DEPENDS sewa_chat sewa_wire sewa_auth)
