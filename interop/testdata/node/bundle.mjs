// Bundles one of the programs in pages/ for a browser: node bundle.mjs NAME
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: [`pages/${process.argv[2]}`],
  bundle: true,
  write: false,
  format: "iife",
  target: "chrome120",
  logLevel: "error",
});
process.stdout.write(outputFiles[0].contents);
