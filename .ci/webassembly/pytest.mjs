// pytest in CPython 3.14 under Node: node pytest.mjs CHECKOUT SITE ARGUMENT...
import { loadPyodide } from "pyodide";

const [checkout, site, ...args] = process.argv.slice(2);
const python = await loadPyodide({ env: { HOME: "/tmp", CI: "true", PYTHONDONTWRITEBYTECODE: "1" } });
for (const [place, folder] of [["/mnt/checkout", checkout], ["/mnt/site", site]]) {
  python.FS.mkdirTree(place);
  python.mountNodeFS(place, folder);
}
python.globals.set("ARGUMENTS", python.toPy(args));
process.exitCode = python.runPython(`
import os, sys
sys.path[:0] = ["/mnt/checkout", "/mnt/site"]
os.chdir("/mnt/checkout")
print("Python", sys.version.split()[0], "on", sys.platform)
import pytest
int(pytest.main(ARGUMENTS))
`);
