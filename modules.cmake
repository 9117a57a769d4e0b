# The modules in dependency order; ARCHITECTURE.md draws it.
sewa_module(core DEPENDS fmt::fmt)
sewa_module(shard DEPENDS sewa_core Threads::Threads)
sewa_module(net DEPENDS sewa_shard OpenSSL::SSL)
add_subdirectory(client)
sewa_module(wire DEPENDS sewa_core simdjson::simdjson)
sewa_module(store DEPENDS sewa_core)
sewa_module(auth DEPENDS sewa_core OpenSSL::Crypto simdjson::simdjson)
sewa_module(ws DEPENDS sewa_core OpenSSL::Crypto PkgConfig::ZLIB)
