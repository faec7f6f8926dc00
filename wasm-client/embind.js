/**
 * Embind's JavaScript side, for free functions of void, bool, int, double and std::string: what bindings.cpp speaks of.
 * Emscripten's own, which can do classes, overloads and inheritance, is 2.7 KB (brotli) more in every page.
 *
 * The names and arguments are those of emscripten/wire.h and bind.h. A number is itself on both sides; only bool and std::string are
 * registered, since only they have to be told apart. A std::string is a pointer to its length and its UTF-8 bytes, owned by the side
 * that receives it.
 */
mergeInto(LibraryManager.library, {
  $wordAt__deps: ["$textAt"],
  $wordAt: function (at) {
    return textAt(at, HEAPU8.indexOf(0, at) - at);
  },

  $textAt: function (at, bytes) {
    return new TextDecoder().decode(HEAPU8.subarray(at, at + bytes));
  },

  // The signature is our own: a letter for the result and one for each argument, `t` for a text, `b` for a truth.
  _embind_register_function__deps: ["$textAt", "$wordAt", "malloc", "free"],
  _embind_register_function: function (name, count, types, signature, target) {
    const [result, ...wanted] = wordAt(signature);
    name = wordAt(name);
    target = wasmTable.get(target);
    Module[name] = (...given) => {
      if (given.length != wanted.length) throw TypeError(name + " expected " + wanted.length);
      const held = [];
      // Not by `map`: a storm asks ten thousand times.
      for (let i = 0; i < given.length; i++)
        if (wanted[i] == "t") {
          const bytes = new TextEncoder().encode(given[i]);
          const at = _malloc(bytes.length + 8);
          HEAPU32[at >> 2] = at + 8;
          HEAPU32[(at >> 2) + 1] = bytes.length;
          HEAPU8.set(bytes, at + 8);
          held.push((given[i] = at));
        }
      const answer = target(...given);
      held.forEach(_free);
      return result == "t"
        ? textAt(HEAPU32[answer >> 2], HEAPU32[(answer >> 2) + 1])
        : result == "b"
          ? !!answer
          : answer;
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
