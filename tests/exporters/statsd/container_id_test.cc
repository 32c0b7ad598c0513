#include "exporters/statsd/container_id.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/support/short_folder.h"

namespace streamhouse::exporters {
namespace {

const std::string kId = "83c0a99c0a54c0c187f461c7980e9b57f3f6a8b0c918c8d93df19a9de6f3fe1d";
const std::string kOther = std::string(64, 'e');

std::string OfCgroups(const std::string& lines) {
  std::istringstream text(lines);
  return ContainerIdOfCgroups(text);
}

std::string OfMounts(const std::string& lines) {
  std::istringstream text(lines);
  return ContainerIdOfMounts(text);
}

TEST(ContainerIdTest, IsTheEndOfACgroup) {
  EXPECT_EQ(OfCgroups("12:pids:/docker/" + kId + "\n1:name=systemd:/docker/" + kId + "\n"), kId);
  EXPECT_EQ(OfCgroups("0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + kId + ".scope\n"), kId);
  EXPECT_EQ(OfCgroups("0::/\n5:memory:/lxc/" + kId + "\n"), kId);
}

TEST(ContainerIdTest, IsAUuidOrATaskOfEcs) {
  const std::string uuid = "34dc0b5e-626f-2c5c-4c51-70e34b10e765";
  EXPECT_EQ(OfCgroups("1:cpu:/garden/" + uuid + "\n"), uuid);
  const std::string task = std::string(32, 'a') + "-3054012820";
  EXPECT_EQ(OfCgroups("9:cpu:/ecs/" + std::string(32, 'b') + "/" + task + "\n"), task);
}

TEST(ContainerIdTest, IsThatOfATerminalsScopeWhichLooksLikeAContainer) {
  const std::string uuid = "34dc0b5e-626f-2c5c-4c51-70e34b10e765";
  EXPECT_EQ(OfCgroups("0::/user.slice/user-1000.slice/app-org.gnome.Terminal.slice/vte-spawn-" + uuid + ".scope\n"),
            uuid);
}

TEST(ContainerIdTest, IsEmptyWhereNoCgroupEndsWithOne) {
  EXPECT_EQ(OfCgroups(""), "");
  EXPECT_EQ(OfCgroups("0::/\n"), "");
  EXPECT_EQ(OfCgroups("0::/user.slice/user-1000.slice/session-2.scope\n"), "");
  EXPECT_EQ(OfCgroups("0::/docker/" + kId + "/init\n"), "");
  EXPECT_EQ(OfCgroups("0::/docker/" + kId.substr(1) + "\n"), "");
  EXPECT_EQ(OfCgroups("0::/a/34dc0b5e+626f-2c5c-4c51-70e34b10e765\n0::/b/" + std::string(31, 'a') + "-1\n"), "");
  EXPECT_EQ(OfCgroups("0::/docker/" + std::string(64, 'A') + "\n"), "");
}

TEST(ContainerIdTest, IsTheFolderFromWhichTheHostNameIsMounted) {
  EXPECT_EQ(OfMounts("608 554 0:42 / / rw - overlay overlay rw,lowerdir=/var/lib/docker/" + kOther +
                     "/hostname\n678 655 254:1 /var/lib/docker/containers/" + kId +
                     "/hostname /etc/hostname rw,relatime - ext4 /dev/vda1 rw\n"),
            kId);
  EXPECT_EQ(OfMounts("1 2 0:25 /containers/overlay-containers/" + kId + "/userdata/hostname /etc/hostname rw\n"), kId);
}

TEST(ContainerIdTest, IsNotThatOfThePodsSandbox) {
  const std::string sandbox =
      "1 2 254:1 /var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/" + kOther + "/hostname /etc/hostname rw\n";
  EXPECT_EQ(OfMounts(sandbox), "");
  EXPECT_EQ(OfMounts(sandbox + "1 2 254:1 /x/containers/" + kId + "/hostname /etc/hostname rw\n"), kId);
}

TEST(ContainerIdTest, IsEmptyWhereNoMountHasOne) {
  EXPECT_EQ(OfMounts("broken\n1 2 3\n1 2 254:1 /hostname /etc/hostname rw\n1 2 254:1 /a/b/hostname /x rw\n"), "");
  EXPECT_EQ(OfMounts("1 2 254:1 /x/containers/" + kId + "/resolv.conf /etc/resolv.conf rw\n"), "");
}

// A process without an ID, in a namespace of cgroups.
class FindContainerIdTest : public testing::Test {
 protected:
  FindContainerIdTest() {
    Write(files_.cgroups, "0::/own\n");
    Write(files_.mounts, "");
    Write(files_.cgroup_namespace, "");
    std::filesystem::create_directories(files_.cgroup_folder + "/own");
    std::filesystem::create_directories(files_.cgroup_folder + "/memory/m");
  }
  static void Write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
  static std::uint64_t InodeOf(const std::string& path) {
    struct stat found = {};
    EXPECT_EQ(stat(path.c_str(), &found), 0) << path;
    return found.st_ino;
  }

  const ShortFolder folder_;
  ContainerFiles files_ = {.cgroups = folder_.File("cgroup"),
                           .mounts = folder_.File("mountinfo"),
                           .cgroup_folder = folder_.File("sys"),
                           .cgroup_namespace = folder_.File("ns")};
};

TEST_F(FindContainerIdTest, GivesTheInodeOfTheCgroup) {
  EXPECT_EQ(FindContainerId(files_), "in-" + std::to_string(InodeOf(files_.cgroup_folder + "/own")));
  Write(files_.cgroups, "0::/own\n7:memory:/m\n");
  EXPECT_EQ(FindContainerId(files_), "in-" + std::to_string(InodeOf(files_.cgroup_folder + "/memory/m")));
}

TEST_F(FindContainerIdTest, GivesNoInodeInTheFirstNamespace) {
  files_.first_namespace = InodeOf(files_.cgroup_namespace);
  EXPECT_EQ(FindContainerId(files_), "");
}

TEST_F(FindContainerIdTest, PrefersAnId) {
  Write(files_.mounts, "1 2 254:1 /x/containers/" + kOther + "/hostname /etc/hostname rw\n");
  EXPECT_EQ(FindContainerId(files_), kOther);
  Write(files_.cgroups, "0::/docker/" + kId + "\n");
  EXPECT_EQ(FindContainerId(files_), kId);
}

TEST_F(FindContainerIdTest, IsEmptyWhereAFileIsMissing) {
  Write(files_.cgroups, "0::/gone\n");
  EXPECT_EQ(FindContainerId(files_), "");
  EXPECT_EQ(FindContainerId({.cgroups = "/nosuch",
                             .mounts = "/nosuch",
                             .cgroup_folder = files_.cgroup_folder,
                             .cgroup_namespace = "/nosuch"}),
            "");
}

}  // namespace
}  // namespace streamhouse::exporters
