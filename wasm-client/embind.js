/**
 * Embind's JavaScript side, for free functions of void, bool, int, double and texts: what bindings.cpp speaks of.
 * Emscripten's own, which can do classes, overloads and inheritance, is 3 KB (brotli) more in every page.
 *
 * The function's name and arguments are those of emscripten/bind.h; what bindings.cpp's `expose` puts into them stands there. A number is
 * itself on both sides. A text is a pointer to its address and its length (bindings.h), in memory of the side that gives it.
 */
mergeInto(LibraryManager.library, {
  $textAt: function (at, bytes) {
    return new TextDecoder().decode(HEAPU8.subarray(at, at + bytes));
  },

  _embind_register_function__deps: ["$textAt", "malloc", "free"],
  _embind_register_function: function (name, answered, types, signature, target) {
    name = textAt(name, HEAPU8.indexOf(0, name) - name);
    target = wasmTable.get(target);
    Module[name] = (...given) => {
      if (given.length != target.length) throw TypeError(name + " expected " + target.length);
      const held = [];
      // Not by `map`: a storm asks ten thousand times.
      for (let i = 0; i < given.length; i++)
        if (typeof given[i] == "string") {
          const bytes = new TextEncoder().encode(given[i]);
          const at = _malloc(bytes.length + 8);
          HEAPU32[at >> 2] = at + 8;
          HEAPU32[(at >> 2) + 1] = bytes.length;
          HEAPU8.set(bytes, at + 8);
          held.push((given[i] = at));
        }
      const answer = target(...given);
      held.forEach(_free);
      return answered > 1 ? textAt(HEAPU32[answer >> 2], HEAPU32[(answer >> 2) + 1]) : answered ? !!answer : answer;
    };
  },

  // In place of Emscripten's, which asks for more than is wanted, and again for less: here by the megabyte, since a growth copies where
  // the module is JavaScript. Where there is no more it throws.
  emscripten_resize_heap__deps: [],
  emscripten_resize_heap: function (bytes) {
    wasmMemory.grow((bytes - HEAPU8.length + 0xfffff) >>> 16);
    updateGlobalBufferAndViews(wasmMemory.buffer);
    return 1;
  },
});
