// What the pages share. The pool is described as for the programs of the folder above,
// by the page's own address: the test drives a page by the functions in window.story.

export async function readStage() {
  return (await fetch("/stage.json")).json();
}

// Makes the functions of a story callable, which answer as steps do.
export function tell(story) {
  window.story = {};
  for (const [name, run] of Object.entries(story)) {
    window.story[name] = async (...values) => {
      try {
        return { ok: true, ...((await run(...values)) ?? {}) };
      } catch (error) {
        return { ok: false, error: { name: error.name, message: error.message, stack: error.stack } };
      }
    };
  }
}

export async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return { refused: { name: error.error ?? error.name, message: error.message } };
  }
  throw new Error("not refused");
}
