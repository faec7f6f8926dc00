/**
 * OTLP's logs request by the published protocol (opentelemetry-proto 1.7: collector/logs/v1, logs/v1, common/v1, resource/v1),
 * its field names, numbers and types, for a receiver that lets nothing else through.
 */

import assert from "node:assert/strict";
import protobuf from "protobufjs";

const schema = `
syntax = "proto3";
message ExportLogsServiceRequest { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; string schema_url = 3; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message ScopeLogs { InstrumentationScope scope = 1; repeated LogRecord log_records = 2; string schema_url = 3; }
message InstrumentationScope {
  string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4;
}
message LogRecord {
  reserved 4;
  fixed64 time_unix_nano = 1; fixed64 observed_time_unix_nano = 11; SeverityNumber severity_number = 2;
  string severity_text = 3; AnyValue body = 5; repeated KeyValue attributes = 6; uint32 dropped_attributes_count = 7;
  fixed32 flags = 8; bytes trace_id = 9; bytes span_id = 10; string event_name = 12;
}
enum SeverityNumber { UNSPECIFIED = 0; TRACE = 1; DEBUG = 5; INFO = 9; WARN = 13; ERROR = 17; FATAL = 21; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue {
  oneof value {
    string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
`;

const { root } = protobuf.parse(schema, { keepCase: false });
const Request = root.lookupType("ExportLogsServiceRequest");

/** Through protobuf's own encoding and back: a name, type or nesting that the schema does not know would not survive. */
export function expectOtlpLogs(json: string): void {
  const given = JSON.parse(json) as object;
  const inBase64 = bytesAs(given, "hex", "base64");
  const problem = Request.verify(Request.toObject(Request.fromObject(inBase64)));
  assert.equal(problem, null);
  const decoded = Request.decode(Request.encode(Request.fromObject(inBase64)).finish());
  const back = Request.toObject(decoded, { longs: String, bytes: String });
  assert.deepEqual(bytesAs(back, "base64", "hex"), given);
}

/** OTLP writes ids as hex, where protobuf's JSON has base64 (opentelemetry-proto, docs/specification.md). */
function bytesAs(value: unknown, from: BufferEncoding, to: BufferEncoding): object {
  const text = JSON.stringify(value, (key, one: unknown) =>
    /^(trace|span)Id$/.test(key) ? Buffer.from(one as string, from).toString(to) : one,
  );
  return JSON.parse(text) as object;
}
