/**
 * Embind's JavaScript side, for free functions of void, bool, int, double and std::string: what bindings.cpp speaks of.
 * Emscripten's own, which can do classes, overloads and inheritance, is 2.7 KB (brotli) more in every page.
 *
 * The names and arguments are those of emscripten/wire.h and bind.h. A number is itself on both sides; only bool and std::string are
 * registered, since only they have to be told apart. A std::string is a pointer to its length and its UTF-8 bytes, owned by the side
 * that receives it.
 */
mergeInto(LibraryManager.library, {
  // Embind's type ids. Looked up at the call, since functions may be registered before their types.
  $boolType: 0,
  $stringType: 0,

  $textAt: function (at, bytes) {
    return new TextDecoder().decode(HEAPU8.subarray(at, at + bytes));
  },

  _embind_register_bool__deps: ["$boolType"],
  _embind_register_bool: function (type) {
    boolType = type;
  },

  _embind_register_std_string__deps: ["$stringType"],
  _embind_register_std_string: function (type) {
    stringType = type;
  },

  _embind_register_function__deps: ["$boolType", "$stringType", "$textAt", "malloc", "free"],
  _embind_register_function: function (name, count, types, signature, invoker, target) {
    const [result, ...wanted] = HEAPU32.slice(types >> 2, (types >> 2) + count);
    const invoke = wasmTable.get(invoker);
    name = textAt(name, HEAPU8.indexOf(0, name) - name);
    Module[name] = (...given) => {
      if (given.length != wanted.length) throw TypeError(name + " expected " + wanted.length);
      const held = [];
      // Not by `map`: a storm asks ten thousand times.
      for (let i = 0; i < given.length; i++)
        if (wanted[i] == stringType) {
          const bytes = new TextEncoder().encode(given[i]);
          const at = _malloc(bytes.length + 4);
          HEAPU32[at >> 2] = bytes.length;
          HEAPU8.set(bytes, at + 4);
          held.push((given[i] = at));
        }
      const answer = invoke(target, ...given);
      held.forEach(_free);
      if (result != stringType) return result == boolType ? !!answer : answer;
      const text = textAt(answer + 4, HEAPU32[answer >> 2]);
      _free(answer);
      return text;
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
