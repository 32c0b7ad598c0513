// FindContainerId(): which container this process runs in, as the Datadog Agent knows containers.
//
// When to use something else: a Unix socket tells the Agent the process by itself, where both share
// a PID namespace.
// Guarantees:
// 1. It is the container's ID, "83c0a99c…", where a line of the cgroups ends with one. Else it is
//    the ID of the folder from which /etc/hostname is mounted. Docker, Podman, containerd and ECS
//    do one or the other.
// 2. Else it is "in-" and the inode of the process's cgroup, which the Agent can look up, if the
//    process has a cgroup namespace of its own.
// 3. It is empty outside of a container, and where a file cannot be read. An exception is a cgroup
//    that is named like a container. A terminal of GNOME runs its shell in vte-spawn-UUID.scope:
//    its UUID is taken for the ID of a container.
// The ID of the sandbox of a pod is no container's, and is passed over.
// Thread safety: pure functions, but for the files that they read.
// Cost: two files of /proc, at set-up.
//
//   const std::string id = FindContainerId();
//   if (!id.empty()) line += "|c:" + id;
#pragma once

#include <cstdint>
#include <istream>
#include <string>

namespace streamhouse::exporters {

// Where Linux says it. A test has files of its own.
struct ContainerFiles {
  std::string cgroups = "/proc/self/cgroup";
  std::string mounts = "/proc/self/mountinfo";
  std::string cgroup_folder = "/sys/fs/cgroup";
  std::string cgroup_namespace = "/proc/self/ns/cgroup";
  // The inode of the namespace that the kernel starts with (PROC_CGROUP_INIT_INO).
  std::uint64_t first_namespace = 0xEFFFFFFB;
};

std::string FindContainerId(const ContainerFiles& files = {});

// The ID that the first line with one ends with; empty where none does. Lines of /proc/PID/cgroup:
// "0::/system.slice/docker-83c0a99c….scope".
std::string ContainerIdOfCgroups(std::istream& lines);

// The ID of the folder from which /etc/hostname is mounted. Lines of /proc/PID/mountinfo.
std::string ContainerIdOfMounts(std::istream& lines);

}  // namespace streamhouse::exporters
