"""The faults that tests/planted/run.py plants: where, what instead, and which tests are asked."""
import collections

# `edits`: file, text that stands there once, what stands there instead. `filter`: of GoogleTest.
Fault = collections.namedtuple("Fault", "name edits program filter")

ENGINE = "src/store/sqlite/engine.cc"
STORE = "store_sqlite_test"
POWER = "power_test"

FAULTS = [
    Fault("acknowledged before the commit",
          [(ENGINE, "    commands_->begin.run();\n    for (std::size_t i",
            "    if (pending_) commands_->commit.run();\n    pending_ = true;\n"
            "    commands_->begin.run();\n    for (std::size_t i"),
           (ENGINE, "    log_->flush();\n    commands_->commit.run();", "    log_->flush();"),
           (ENGINE, "-retention_ms;\n    commands_->begin.run();",
            "-retention_ms;\n    if (pending_) commands_->commit.run();\n    pending_ = false;\n"
            "    commands_->begin.run();"),
           ("src/store/sqlite/engine.h", "    LogState state_;", "    LogState state_;\n"
            "    bool pending_ = false;")],
          STORE, "Crash.*"),
    Fault("`synchronous=NORMAL`",
          [("src/store/sqlite/database.cc", "PRAGMA synchronous = FULL",
            "PRAGMA synchronous = NORMAL")],
          POWER, "PowerCut.*"),
    Fault("an attachment is acknowledged before its bytes are synced",
          [("src/files/folder.cc",
            "if (::fsync(fd_.get()) != 0) return disk_failed(\"write\");", "")],
          POWER, "PowerCut.*"),
    Fault("an attachment is acknowledged before its name is synced",
          [("src/files/folder.cc",
            "if (::fsync(folder_->complete_.get()) != 0) return disk_failed(\"name\");", "")],
          POWER, "PowerCut.*"),
    Fault("the data folder is never synced for the folders and keys in it",
          [("src/files/whole_file.cc", "return fd && ::fsync(fd.get()) == 0;",
            "return static_cast<bool>(fd);"),
           # SQLite syncs the folder for a database of its own, late, which would mask the fault.
           ("src/store/sqlite/search_index.cc", "PRAGMA synchronous = NORMAL",
            "PRAGMA synchronous = OFF")],
          POWER, "PowerCut.*"),
    Fault("an attachment's row is stored before its file is kept",
          [("src/api/upload.cc", "        auto kept = incoming->keep(desk.limits());\n",
            "        if (!incoming->status) return tell(fail(incoming->status.error()));\n"
            "        store::Attachment early;\n"
            "        early.stored_name = incoming->stored_name;\n"
            "        early.name = incoming->name;\n"
            "        early.content_type = \"text/plain\";\n"
            "        early.bytes = static_cast<std::int64_t>(incoming->file->size());\n"
            "        tell(early);\n"
            "        auto kept = incoming->keep(desk.limits());\n"
            "        return;\n")],
          POWER, "PowerCut.*"),
    Fault("a failing write of an attachment is ignored",
          [("src/files/folder.cc", "        if (done <= 0) return disk_failed(\"write\");",
            "        if (done <= 0) break;")],
          POWER, "FailingFiles.*"),
    Fault("a failing fsync of an attachment is ignored",
          [("src/files/folder.cc",
            "if (::fsync(fd_.get()) != 0) return disk_failed(\"write\");",
            "static_cast<void>(::fsync(fd_.get()));")],
          POWER, "FailingFiles.*"),
    Fault("a failing write or fsync is ignored",
          [(ENGINE, "    if (db_->failure() != Failure::kNone) return false;\n    log_->keep();",
            "    if (db_->failure() != Failure::kNone) db_->recover();\n    log_->keep();")],
          STORE, "EngineFailure.*"),
    Fault("keys are forgotten by a restart",
          [(ENGINE, "    SEWA_TRY(state_, read_log_state(*db_));",
            "    db_->exec(\"UPDATE events SET client_msg_id = NULL\");\n"
            "    SEWA_TRY(state_, read_log_state(*db_));")],
          STORE, "*M_2_*"),
    Fault("twins without a key are forgotten by a restart",
          [(ENGINE, "    commands_->posts.recall_twins(clock_.wall());\n", "")],
          STORE, "*M_3_*"),
    Fault("what a failed sync left in the log stays there",
          [(ENGINE, "        overwrite_refused();\n", "")],
          STORE, "EngineFailure.ST_4_failing*"),
    Fault("deleted text stays in the log of a busy server",
          [("src/store/sqlite/sqlite_store.cc", "    parts_.checkpointer->empty_soon();\n", "")],
          STORE, "SqliteStoreTest.M_7_*"),
    Fault("`conv_seq` is taken before the commit and not given back",
          [("src/store/sqlite/log_writer.cc",
            "    for (auto const* conversation : touched_) conversations_.erase(conversation->id);\n"
            "    for (auto const id", "    for (auto const id")],
          STORE, "EngineFailure.*"),
    Fault("a resume begins one event late",
          [("src/session/replay.cc", "cursor_ = page.frames.back().pos;",
            "cursor_ = {page.frames.back().pos.value + 1};")],
          "session_test", "*"),
    Fault("a client hides a gap",
          [("client/src/ledger.cc", "return is_whole() ? received_ : floor_;",
            "return received_;")],
          "client_core_test", "*"),
    Fault("live events go out before the history",
          [("src/session/session.cc",
            "if (auto* const missed = replay()) return missed->hold_event(event.pos, event.frame);",
            "")],
          "e2e_resume_test", "*R_3_*"),
    Fault("unmasked frames are taken",
          [("src/ws/frame_header.cc", "if (masked != (rules.role == Role::kServer)) {",
            "if (masked && rules.role != Role::kServer) {")],
          "ws_test", "*"),
    Fault("UTF-8 is checked only at the end of a message",
          [("src/ws/decoder.cc",
            "if (partial.checks_utf8() && !partial.utf8.feed(view(piece))) return fail(kBadUtf8, sink);",
            ""),
           ("src/ws/decoder.cc",
            "if (message->checks_utf8() && !message->utf8.complete()) return fail(kBadUtf8, sink);",
            "if (message->checks_utf8() && !is_utf8(message->message)) return fail(kBadUtf8, sink);")],
          "ws_test", "*"),
    Fault("a message is inflated without a limit",
          [("src/ws/decoder.cc", "inflater.inflate(compressed, options_->message_bytes_max);",
            "inflater.inflate(compressed, std::size_t{1} << 30);")],
          "ws_test", "*"),
    Fault("an origin is compared by its end",
          [("src/session/gate.cc",
            "if (std::find(allowed.begin(), allowed.end(), *origin) != allowed.end()) return true;",
            "for (auto const& one : allowed) {\n"
            "        if (origin->ends_with(one.substr(one.find(\"//\") + 2))) return true;\n    }")],
          "e2e_connect_test", "*origin*"),
    Fault("the token chooses the algorithm",
          [("src/auth/jwt.cc", "if (!algorithm || !allowed.contains(*algorithm)) {",
            "(void)allowed;\n    if (!algorithm) {")],
          "auth_test", "*"),
    Fault("`exp` is not checked",
          [("src/auth/claim_checks.cc", "if (*expires_at + leeway_ms <= now) return",
            "if (*expires_at + leeway_ms <= now && leeway_ms < 0) return")],
          "auth_test", "*"),
    Fault("a session ends by the wall clock",
          [("src/session/session.cc", "    return token_ends_ - parts_.clock.mono();",
            "    return token_ends_ - parts_.clock.mono() +\n"
            "           (joined_at_ - (parts_.clock.wall().value - parts_.clock.mono().value));"),
           ("src/session/session.cc", "    token_ends_ = parts_.clock.mono() +",
            "    joined_at_ = parts_.clock.wall().value - parts_.clock.mono().value;\n"
            "    token_ends_ = parts_.clock.mono() +"),
           ("src/session/session.h", "    MonoMs token_ends_;", "    std::int64_t joined_at_ = 0;\n"
            "    MonoMs token_ends_;")],
          "e2e_clock_test", "*C_9_*"),
    Fault("what is old is told by a clock that may have jumped",
          [("src/core/true_age.cc", "        jumped_at_ = clock_.mono();\n", "")],
          "app_test", "FileKeeper*"),
    Fault("files without a row are removed whoever left them",
          [("src/files/folder.cc", "if (!name.starts_with(run_)) visit", "visit")],
          "app_test", "FileKeeper*"),
    Fault("who takes part is checked only at connect (writes)",
          [("src/store/sqlite/log_writer.cc",
            "    return fail(Errc::kNotParticipant, \"you no longer take part in this conversation\");",
            "    return conversation;")],
          STORE, "*participant*:*membership*"),
    Fault("who takes part is checked only at connect (what is heard)",
          [("src/chat/audiences.cc", "    at->second.audience = audience;\n}\n\n}  // namespace",
            "}\n\n}  // namespace")],
          "chat_test", "*"),
]
