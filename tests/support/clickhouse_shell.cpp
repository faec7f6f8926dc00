// The ClickHouse engine of libchdb as a child process: reads statements from standard input, each as its length in a line
// and its bytes, and answers each with `ok` or `error`, a length, and the bytes. The test puts HTTP in front of it.

#include <cstddef>
#include <iostream>
#include <string>
#include <vector>

// The part of libchdb's C interface that is used here.
extern "C" {
struct chdb_connection_;
struct chdb_result;
chdb_connection_** chdb_connect(int argument_count, char** arguments);
void chdb_close_conn(chdb_connection_** connection);
chdb_result* chdb_query_n(chdb_connection_* connection, const char* query, std::size_t query_bytes, const char* format,
                          std::size_t format_bytes);
void chdb_destroy_query_result(chdb_result* result);
char* chdb_result_buffer(chdb_result* result);
std::size_t chdb_result_length(chdb_result* result);
const char* chdb_result_error(chdb_result* result);
}

int main() {
  std::string name = "chdb";
  std::vector<char*> arguments = {name.data()};
  chdb_connection_** connection = chdb_connect(1, arguments.data());
  if (connection == nullptr) return 1;
  const std::string format = "JSONEachRow";
  std::string length;
  while (std::getline(std::cin, length)) {
    std::string query(std::stoul(length), '\0');
    std::cin.read(query.data(), static_cast<std::streamsize>(query.size()));
    chdb_result* result = chdb_query_n(*connection, query.data(), query.size(), format.data(), format.size());
    const char* error = chdb_result_error(result);
    const bool failed = error != nullptr && *error != '\0';
    const char* buffer = chdb_result_buffer(result);
    const std::string text = failed              ? std::string(error)
                             : buffer == nullptr ? std::string()
                                                 : std::string(buffer, chdb_result_length(result));
    std::cout << (failed ? "error " : "ok ") << text.size() << '\n' << text << std::flush;
    chdb_destroy_query_result(result);
  }
  chdb_close_conn(connection);
  return 0;
}
