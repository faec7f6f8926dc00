/**
 * Embind's JavaScript side, for free functions of void, bool, int, double and std::string: all that bindings.cpp registers.
 * Emscripten's own, which can do classes, overloads and inheritance, is 2.5 KB (brotli) more in every page.
 *
 * The names and arguments are those of emscripten/wire.h and bind.h. Each type knows how a value goes in and comes out; a
 * std::string is a pointer to its length and its UTF-8 bytes, owned by the side that receives it.
 */
mergeInto(LibraryManager.library, {
  // By Embind's type id: [in, out]. Looked up at the call, since functions may be registered before their types.
  $wireTypes: {},

  _embind_register_void__deps: ["$wireTypes"],
  _embind_register_void: function (type) {
    wireTypes[type] = [];
  },

  _embind_register_bool__deps: ["$wireTypes"],
  _embind_register_bool: function (type) {
    wireTypes[type] = [Number, Boolean];
  },

  _embind_register_integer__deps: ["$wireTypes"],
  _embind_register_integer: function (type) {
    wireTypes[type] = [Number, Number];
  },

  _embind_register_float__deps: ["$wireTypes"],
  _embind_register_float: function (type) {
    wireTypes[type] = [Number, Number];
  },

  _embind_register_std_string__deps: ["$wireTypes", "malloc", "free"],
  _embind_register_std_string: function (type) {
    wireTypes[type] = [
      (text, held) => {
        const bytes = new TextEncoder().encode(text);
        const at = _malloc(bytes.length + 4);
        held.push(at);
        HEAPU32[at >> 2] = bytes.length;
        HEAPU8.set(bytes, at + 4);
        return at;
      },
      (at) => {
        const text = new TextDecoder().decode(HEAPU8.subarray(at + 4, at + 4 + HEAPU32[at >> 2]));
        _free(at);
        return text;
      },
    ];
  },

  _embind_register_function__deps: ["$wireTypes", "free"],
  _embind_register_function: function (name, count, types, signature, invoker, target) {
    const [result, ...wanted] = HEAPU32.subarray(types >> 2, (types >> 2) + count);
    const invoke = wasmTable.get(invoker);
    let end = name;
    while (HEAPU8[end]) end++;
    name = new TextDecoder().decode(HEAPU8.subarray(name, end));
    Module[name] = (...given) => {
      if (given.length != wanted.length) throw TypeError(name + " expected " + wanted.length);
      const held = [];
      for (let i = 0; i < given.length; i++) given[i] = wireTypes[wanted[i]][0](given[i], held);
      const answer = invoke(target, ...given);
      held.forEach(_free);
      return (wireTypes[result][1] || Boolean)(answer);
    };
  },
});
