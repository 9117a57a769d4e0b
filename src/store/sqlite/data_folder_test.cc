#include "store/sqlite/data_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

namespace fs = std::filesystem;

std::string refusal(std::string const& path) {
    auto const opened = DataFolder::open(path);
    return opened ? "none" : opened.error().message;
}

TEST(DataFolder, a_slash_at_the_end_changes_nothing) {
    TemporaryFolder const folder;
    EXPECT_TRUE(DataFolder::open(folder.path() + "/deep/data/"));
    EXPECT_TRUE(fs::is_directory(folder.path() + "/deep/data"));
}

TEST(DataFolder, what_cannot_be_made_is_named_as_it_was_given) {
    EXPECT_NE(refusal("/proc/sewa/deep").find("create the data folder /proc/sewa/deep"),
              std::string::npos);
}

TEST(DataFolder, a_file_and_a_link_to_nowhere_are_no_folders) {
    TemporaryFolder const folder;
    auto const file = folder.path() + "/file", link = folder.path() + "/link";
    std::ofstream(file) << "text";
    fs::create_symlink(folder.path() + "/absent", link);
    for (auto const& path : {file, link}) {
        EXPECT_NE(refusal(path).find("cannot write in the data folder " + path), std::string::npos)
            << refusal(path);
    }
}

}  // namespace
}  // namespace sewa::store::sqlite
