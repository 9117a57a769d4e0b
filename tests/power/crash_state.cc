#include "crash_state.h"

#include <filesystem>
#include <fstream>

namespace sewa::power {

namespace {

using Kind = Change::Kind;

constexpr std::size_t kSector = 512;

std::string parent(std::string const& path) {
    auto const slash = path.rfind('/');
    return slash == path.npos ? "" : path.substr(0, slash);
}

bool is_content(Change const& change) {
    return change.kind == Kind::kWrite || change.kind == Kind::kTruncate;
}

bool is_settled_by(Change const& change, Change const& sync) {
    if (sync.kind == Kind::kSync) return is_content(change) && change.file == sync.file;
    if (is_content(change)) return false;
    // A rename is whole in whichever of its folders it is seen.
    return parent(change.path) == sync.path ||
           (change.kind == Kind::kRename && parent(change.to) == sync.path);
}

}  // namespace

CrashState::CrashState(std::vector<Change> const& changes, std::size_t cut, Random& random) {
    for (std::size_t i = 0; i < cut; ++i) play(changes[i]);
    settle_rest(random);
}

void CrashState::play(Change const& change) {
    if (change.kind != Kind::kSync && change.kind != Kind::kSyncFolder) {
        unsynced_.push_back(&change);
        return;
    }
    std::erase_if(unsynced_, [&](auto const* done) {
        bool const is_settled = is_settled_by(*done, change);
        if (is_settled) apply(*done);
        return is_settled;
    });
}

void CrashState::settle_rest(Random& random) {
    auto const survival = static_cast<Survival>(random.below(5));
    if (survival == Survival::kNothing) return;
    auto end = unsynced_.size();
    if (survival == Survival::kBeginning) end = random.below(end + 1);
    bool const is_any = survival >= Survival::kAnyPart;
    for (std::size_t i = 0; i < end; ++i) {
        if (is_any && random.below(2) == 0) continue;
        bool const is_torn = survival == Survival::kAnyPartTorn ||
                             (survival == Survival::kBeginning && i + 1 == end);
        is_torn ? apply_torn(*unsynced_[i], random) : apply(*unsynced_[i]);
    }
}

void CrashState::apply_torn(Change const& change, Random& random) {
    if (change.kind != Kind::kWrite) return apply(change);
    write(change,
          std::min(change.bytes.size(), kSector * random.below(change.bytes.size() / kSector + 2)));
}

void CrashState::apply(Change const& change) {
    switch (change.kind) {
        case Kind::kMakeFolder:
            entries_[change.path] = kFolder;
            break;
        case Kind::kCreate:
            entries_[change.path] = change.file;
            break;
        case Kind::kRemove:
            entries_.erase(change.path);
            break;
        case Kind::kRename:
            entries_.erase(change.path);
            entries_[change.to] = change.file;
            break;
        case Kind::kTruncate:
            contents_[change.file].resize(static_cast<std::size_t>(change.at));
            break;
        case Kind::kWrite:
            write(change, change.bytes.size());
            break;
        case Kind::kSync:
        case Kind::kSyncFolder:
            break;
    }
}

void CrashState::write(Change const& change, std::size_t size) {
    auto& content = contents_[change.file];
    auto const at = static_cast<std::size_t>(change.at);
    if (content.size() < at + size) content.resize(at + size);
    content.replace(at, size, change.bytes, 0, size);
}

// An entry whose folder did not survive is lost with it.
bool CrashState::is_reachable(std::string const& path) const {
    auto const folder = parent(path);
    return folder.empty() || (has(folder) && is_reachable(folder));
}

void CrashState::write_to(std::string const& folder) const {
    namespace fs = std::filesystem;
    for (auto const& old : fs::directory_iterator(folder)) fs::remove_all(old.path());
    for (auto const& [path, file] : entries_) {
        if (!is_reachable(path)) continue;
        if (file == kFolder) {
            fs::create_directory(folder + "/" + path);
            continue;
        }
        auto const content = contents_.find(file);
        std::ofstream stream(folder + "/" + path, std::ios::binary);
        if (content != contents_.end()) stream << content->second;
    }
}

}  // namespace sewa::power
