#pragma once

#include <cstddef>
#include <cstdint>

/// What a `wasi:http` component asks of its host, as the canonical ABI of the component model lowers it: a handle is a 32-bit
/// number, a list is an address and a length, and what does not fit one number is written to `out`, an area of the caller's.
/// There a variant is a byte that says which, and behind it, at the alignment of the largest, what it holds. The types
/// are those of WASI 0.2.0 (https://github.com/WebAssembly/wasi-http/tree/v0.2.0/wit); later 0.2 hosts offer them too.
namespace wasi {

using Handle = std::int32_t;
using Out = void*;

#define MAYDAY_WASI(module, name) __attribute__((import_module(module), import_name(name)))
#define MAYDAY_WASI_HTTP(name) MAYDAY_WASI("wasi:http/types@0.2.0", name)
#define MAYDAY_WASI_IO(name) MAYDAY_WASI("wasi:io/streams@0.2.0", name)

extern "C" {

/// wasi:http/types: what came. A method, or a text that may be there, is a variant with its bytes at 4.
MAYDAY_WASI_HTTP("[method]incoming-request.method") void request_method(Handle request, Out out);
MAYDAY_WASI_HTTP("[method]incoming-request.path-with-query") void request_path(Handle request, Out out);
MAYDAY_WASI_HTTP("[method]incoming-request.authority") void request_authority(Handle request, Out out);
MAYDAY_WASI_HTTP("[method]incoming-request.headers") Handle request_headers(Handle request);
MAYDAY_WASI_HTTP("[method]incoming-request.consume") void request_consume(Handle request, Out out);
MAYDAY_WASI_HTTP("[method]incoming-body.stream") void incoming_body_stream(Handle body, Out out);
MAYDAY_WASI_HTTP("[resource-drop]incoming-request") void drop_request(Handle request);
MAYDAY_WASI_HTTP("[resource-drop]incoming-body") void drop_incoming_body(Handle body);

/// wasi:http/types: headers. An entry is four words: the name's bytes, the value's bytes.
MAYDAY_WASI_HTTP("[constructor]fields") Handle new_fields();
MAYDAY_WASI_HTTP("[method]fields.append")
void fields_append(Handle fields, const char* name, std::size_t name_bytes, const char* value, std::size_t value_bytes,
                   Out out);
MAYDAY_WASI_HTTP("[method]fields.entries") void fields_entries(Handle fields, Out out);
MAYDAY_WASI_HTTP("[resource-drop]fields") void drop_fields(Handle fields);

/// wasi:http/types: what goes back. `set` takes a result, an answer (0) or an error, whose fields are all laid out.
MAYDAY_WASI_HTTP("[constructor]outgoing-response") Handle new_response(Handle fields);
MAYDAY_WASI_HTTP("[method]outgoing-response.set-status-code")
std::int32_t response_set_status(Handle response, std::int32_t status);
MAYDAY_WASI_HTTP("[method]outgoing-response.body") void response_body(Handle response, Out out);
MAYDAY_WASI_HTTP("[static]response-outparam.set")
void set_response(Handle param, std::int32_t is_error, Handle response, std::int32_t, std::int64_t, std::int32_t,
                  std::int32_t, std::int32_t, std::int32_t);
MAYDAY_WASI_HTTP("[method]outgoing-body.write") void outgoing_body_write(Handle body, Out out);
MAYDAY_WASI_HTTP("[static]outgoing-body.finish")
void finish_outgoing_body(Handle body, std::int32_t has_trailers, Handle trailers, Out out);
MAYDAY_WASI_HTTP("[resource-drop]outgoing-body") void drop_outgoing_body(Handle body);

/// wasi:http: a request of our own. Every setter answers 0 where it was understood.
MAYDAY_WASI_HTTP("[constructor]outgoing-request") Handle new_request(Handle fields);
MAYDAY_WASI_HTTP("[method]outgoing-request.set-method")
std::int32_t request_set_method(Handle request, std::int32_t method, const char*, std::size_t);
MAYDAY_WASI_HTTP("[method]outgoing-request.set-scheme")
std::int32_t request_set_scheme(Handle request, std::int32_t is_given, std::int32_t scheme, const char*, std::size_t);
MAYDAY_WASI_HTTP("[method]outgoing-request.set-authority")
std::int32_t request_set_authority(Handle request, std::int32_t is_given, const char* text, std::size_t bytes);
MAYDAY_WASI_HTTP("[method]outgoing-request.set-path-with-query")
std::int32_t request_set_path(Handle request, std::int32_t is_given, const char* text, std::size_t bytes);
MAYDAY_WASI_HTTP("[method]outgoing-request.body") void request_body(Handle request, Out out);
MAYDAY_WASI_HTTP("[resource-drop]outgoing-request") void drop_outgoing_request(Handle request);
MAYDAY_WASI_HTTP("[constructor]request-options") Handle new_options();
MAYDAY_WASI_HTTP("[method]request-options.set-connect-timeout")
std::int32_t options_set_connect_timeout(Handle options, std::int32_t is_given, std::int64_t nanoseconds);
MAYDAY_WASI_HTTP("[method]request-options.set-first-byte-timeout")
std::int32_t options_set_first_byte_timeout(Handle options, std::int32_t is_given, std::int64_t nanoseconds);
MAYDAY_WASI("wasi:http/outgoing-handler@0.2.0", "handle")
void send_request(Handle request, std::int32_t has_options, Handle options, Out out);
MAYDAY_WASI_HTTP("[method]future-incoming-response.subscribe") Handle future_subscribe(Handle future);
MAYDAY_WASI_HTTP("[method]future-incoming-response.get") void future_get(Handle future, Out out);
MAYDAY_WASI_HTTP("[resource-drop]future-incoming-response") void drop_future(Handle future);
MAYDAY_WASI_HTTP("[method]incoming-response.status") std::int32_t response_status(Handle response);
MAYDAY_WASI_HTTP("[resource-drop]incoming-response") void drop_response(Handle response);

/// wasi:io. A read is a list at 4; an error is a variant at 4, whose case 0 has a handle at 8. A write takes at most 4096
/// bytes.
MAYDAY_WASI_IO("[method]input-stream.blocking-read")
void blocking_read(Handle stream, std::int64_t bytes_max, Out out);
MAYDAY_WASI_IO("[method]output-stream.blocking-write-and-flush")
void blocking_write(Handle stream, const char* bytes, std::size_t count, Out out);
MAYDAY_WASI_IO("[resource-drop]input-stream") void drop_input(Handle stream);
MAYDAY_WASI_IO("[resource-drop]output-stream") void drop_output(Handle stream);
MAYDAY_WASI("wasi:io/error@0.2.0", "[resource-drop]error") void drop_error(Handle error);
MAYDAY_WASI("wasi:io/poll@0.2.0", "[method]pollable.block") void block(Handle pollable);
MAYDAY_WASI("wasi:io/poll@0.2.0", "[resource-drop]pollable") void drop_pollable(Handle pollable);

/// The rest of the world. The environment is a list of pairs of texts; the time is 64-bit seconds and 32-bit nanoseconds.
MAYDAY_WASI("wasi:cli/environment@0.2.0", "get-environment") void get_environment(Out out);
MAYDAY_WASI("wasi:cli/stdout@0.2.0", "get-stdout") Handle get_stdout();
MAYDAY_WASI("wasi:cli/stderr@0.2.0", "get-stderr") Handle get_stderr();
MAYDAY_WASI("wasi:clocks/wall-clock@0.2.0", "now") void wall_clock_now(Out out);
MAYDAY_WASI("wasi:random/random@0.2.0", "get-random-u64") std::int64_t get_random_u64();
}

#undef MAYDAY_WASI
#undef MAYDAY_WASI_HTTP
#undef MAYDAY_WASI_IO

}  // namespace wasi
