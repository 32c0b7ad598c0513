#include "exporters/statsd/dogstatsd_fields.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/support/short_folder.h"

namespace streamhouse::exporters {
namespace {

class DogStatsdFieldsTest : public testing::Test {
 protected:
  const ShortFolder folder_;
  DogStatsdOrigin origin_ = {.files = {.cgroups = folder_.File("cgroup"),
                                       .mounts = folder_.File("mountinfo"),
                                       .cgroup_folder = folder_.path(),
                                       .cgroup_namespace = folder_.File("ns")}};
};

TEST_F(DogStatsdFieldsTest, TellTheContainerAndThePod) {
  const std::string id(64, 'a');
  std::ofstream(origin_.files.cgroups) << "0::/docker/" << id << "\n";
  origin_.entity_id = "75a2b6d5-3949";
  origin_.external_data = "it-false,cn-broker,pu-75a2b6d5-3949";
  const DogStatsdFields fields = FindDogStatsdOrigin(origin_);
  EXPECT_EQ(fields.tags, "dd.internal.entity_id:75a2b6d5-3949");
  EXPECT_EQ(fields.origin, "|c:" + id + "|e:it-false,cn-broker,pu-75a2b6d5-3949");
  EXPECT_EQ(fields.unix_seconds, 0);
}

TEST_F(DogStatsdFieldsTest, HaveNoOriginWithoutContainerAndVariables) {
  const DogStatsdFields fields = FindDogStatsdOrigin(origin_);
  EXPECT_EQ(fields.tags, "");
  EXPECT_EQ(fields.origin, "");
}

TEST_F(DogStatsdFieldsTest, EndNoTagAndNoFieldEarly) {
  origin_.entity_id = "a|b,c:d\n";
  origin_.external_data = "cn-a|T1\nb:2|c\x7f";
  const DogStatsdFields fields = FindDogStatsdOrigin(origin_);
  EXPECT_EQ(fields.tags, "dd.internal.entity_id:a_b_c_d_");
  EXPECT_EQ(fields.origin, "|e:cn-a_T1_b:2_c_");
}

}  // namespace
}  // namespace streamhouse::exporters
