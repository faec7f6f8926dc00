#include "origin/auth/password.h"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace mayday::origin::auth {
namespace {

constexpr auto operations = crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE;
constexpr auto memory_bytes = crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE;

/// What stands at the top of every published list, and is long enough to pass otherwise; without digits and signs behind.
constexpr std::string_view well_known[] = {"password",
                                           "passwort",
                                           "motdepasse",
                                           "contrasena",
                                           "qwerty",
                                           "qwertyuiop",
                                           "azerty",
                                           "qwertz",
                                           "abcdefghij",
                                           "letmein",
                                           "welcome",
                                           "iloveyou",
                                           "administrator",
                                           "admin",
                                           "changeme",
                                           "changeit",
                                           "secret",
                                           "topsecret",
                                           "default",
                                           "superman",
                                           "sunshine",
                                           "princess",
                                           "football",
                                           "baseball",
                                           "dragon",
                                           "monkey",
                                           "master",
                                           "trustno",
                                           "starwars",
                                           "whatever",
                                           "passphrase",
                                           "mayday",
                                           "helpdesk",
                                           "support",
                                           "pass",
                                           "test",
                                           "testtest",
                                           "guest",
                                           "root",
                                           "toor",
                                           "login",
                                           "hello",
                                           "helloworld",
                                           "zxcvbnm",
                                           "asdfghjkl",
                                           "oneplusone",
                                           "correcthorsebatterystaple"};

/// Lower case, with the letters that digits and signs stand for, and what is put behind a word to please a form taken off.
std::string bare(std::string_view password) {
  std::string word;
  for (char c : password) word += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  while (!word.empty() && !(word.back() >= 'a' && word.back() <= 'z')) word.pop_back();
  while (!word.empty() && !(word.front() >= 'a' && word.front() <= 'z') && word.front() != '@') word.erase(0, 1);
  constexpr std::pair<char, char> stand_ins[] = {{'@', 'a'}, {'4', 'a'}, {'0', 'o'}, {'1', 'i'},
                                                 {'3', 'e'}, {'$', 's'}, {'5', 's'}};
  for (const auto& [sign, letter] : stand_ins) std::replace(word.begin(), word.end(), sign, letter);
  return word;
}

/// `1234567890`, `aaaaaaaaaa`, `abcdefghijkl`: each byte is as far from the one before as the next.
bool is_run(std::string_view password) {
  const int step = password[1] - password[0];
  std::size_t broken = 0;
  for (std::size_t i = 1; i < password.size(); ++i) broken += password[i] - password[i - 1] != step ? 1 : 0;
  return broken <= 1;  // One: behind the 9 comes a 0.
}

bool has_few_letters(std::string_view password) {
  std::array<bool, 256> seen{};
  std::size_t different = 0;
  for (char c : password) {
    bool& was = seen[static_cast<unsigned char>(c)];
    different += was ? 0 : 1;
    was = true;
  }
  return different < 5;
}

}  // namespace

std::string_view password_weakness(std::string_view password, std::string_view email) {
  if (password.size() < password_bytes_min) return "is too short: 10 characters at least";
  if (password.size() > password_bytes_max) return "is too long: 256 bytes at most";
  if (is_run(password) || has_few_letters(password)) return "repeats or counts up a few characters";
  const std::string word = bare(password);
  if (std::find(std::begin(well_known), std::end(well_known), word) != std::end(well_known)) {
    return "is one of the best-known passwords";
  }
  const std::string_view name = email.substr(0, email.find('@'));
  if (password == email || (name.size() >= 3 && word == bare(name))) return "is made of the e-mail address";
  return {};
}

std::string hash_password(std::string_view password) {
  std::string hash(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), operations, memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return {};
  }
  hash.resize(hash.find('\0'));
  return hash;
}

bool verify_password(std::string_view password, const std::string& hash) {
  static const std::string nobodys = hash_password("nobody has this one");
  const std::string& against = hash.empty() ? nobodys : hash;
  return crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0 && !hash.empty();
}

}  // namespace mayday::origin::auth
