"""A result says how busy the machine was before it; above a load of 0.5 it is marked, and the caller is warned."""

import contextlib
import io
import pathlib
import tempfile
import unittest
import unittest.mock

import bench_load


class BenchLoad(unittest.TestCase):
    def flag_and_warning(self, load):
        output, errors = io.StringIO(), io.StringIO()
        with unittest.mock.patch("bench_load.read", lambda: load), contextlib.redirect_stdout(output):
            with contextlib.redirect_stderr(errors):
                bench_load.main()
        return output.getvalue(), errors.getvalue()

    def test_marks_a_quiet_machine_and_says_nothing(self):
        self.assertEqual(("--benchmark_context=load_at_start=0.50,quiet=yes\n", ""), self.flag_and_warning(0.5))

    def test_marks_a_busy_machine_and_warns(self):
        flag, warning = self.flag_and_warning(0.51)
        self.assertEqual("--benchmark_context=load_at_start=0.51,quiet=no\n", flag)
        self.assertIn("the load is 0.51, above 0.5", warning)

    def test_reads_the_last_minute(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "loadavg"
            path.write_text("0.31 0.62 0.93 1/234 5678\n")
            self.assertEqual(0.31, bench_load.read(path))

    def test_takes_the_load_before_the_build_where_the_result_has_it(self):
        self.assertEqual(0.2, bench_load.of_result({"load_at_start": "0.20", "load_avg": [1.8, 1.0, 1.0]}))
        self.assertEqual(1.8, bench_load.of_result({"load_avg": [1.8, 1.0, 1.0]}))


if __name__ == "__main__":
    unittest.main()
