# The modules in dependency order; ARCHITECTURE.md draws it.
sewa_module(core DEPENDS fmt::fmt)
