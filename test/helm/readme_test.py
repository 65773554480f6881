"""The table of values and the versions are true."""

import re
import unittest

import yaml

import chart


def leaves(values, prefix=""):
    """Every value by its dotted key; maps that a user fills, such as resources, are one value."""
    for key, value in values.items():
        path = prefix + key
        if isinstance(value, dict) and value and key not in ("resources", "nodeSelector"):
            yield from leaves(value, path + ".")
        else:
            yield path, value


class Readme(unittest.TestCase):
    def test_the_table_lists_every_value_with_its_default(self):
        text = (chart.SOURCES / "helm" / "README.md").read_text()
        rows = re.findall(r"^\| `([\w.]+)` \|.*\| `([^|]+)` \|$", text, re.MULTILINE)
        table = {key: yaml.safe_load(default) for key, default in rows}
        values = dict(leaves(yaml.safe_load((chart.CHART / "values.yaml").read_text())))
        self.assertEqual(table, values)

    def test_the_chart_is_of_the_programs_version(self):
        version = re.search(r"project\(cleartap VERSION ([\d.]+)", (chart.SOURCES / "CMakeLists.txt").read_text())[1]
        about = yaml.safe_load((chart.CHART / "Chart.yaml").read_text())
        self.assertEqual((about["version"], about["appVersion"]), (version, version))


if __name__ == "__main__":
    unittest.main(verbosity=2)
