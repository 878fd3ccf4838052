import Foundation
import Testing

@Suite struct DoctorTests {
  private let place: Place

  init() throws { place = try Place() }

  @Test func factsAreAligned() throws {
    let report = try place.cka("doctor")
    let lines = report.text.split(separator: "\n").filter { !$0.hasPrefix(" ") }
    for name in [
      "cka", "TERM", "UTF-8", "ncurses", "locale", "HDF5", "libzip", "zlib", "cairo", "python",
    ] {
      #expect(lines.contains { $0.hasPrefix("\(name) ") }, "\(name)")
    }
    let widths = lines.compactMap { $0.firstMatch(of: /^.*?  +/)?.0.count }
    #expect(Set(widths) == [14] && widths.count == lines.count)
    #expect(report.text.contains("locale        LC_ALL=C.UTF-8\n"))
  }

  @Test func withoutATerminalItSaysSoAndEndsWithOne() throws {
    let report = try place.shell("setsid -w cka doctor")
    #expect(report.status == 1)
    #expect(report.complaints.hasPrefix("cka: the explorer cannot run here: "))
    #expect(report.complaints.count { $0 == "\n" } == 1)
  }

  /// `cka doctor` in a terminal, where the explorer could run.
  private func inTerminal(_ options: String) throws -> (status: Int, text: String) {
    let outcome = try place.shell(
      "TERM=xterm script -qec 'cka doctor \(options); echo status=$?' /dev/null")
    let text = outcome.text.replacing("\r\n", with: "\n")
    return (
      try #require(text.firstMatch(of: /status=(\d+)/).flatMap { Int($0.1) }, "\(text)"), text
    )
  }

  @Test("Python is optional, unless it is asked about")
  func pythonIsOptional() throws {
    try Data("#!/bin/sh\nexit 1\n".utf8).write(to: URL(filePath: place.path("broken")))
    #expect(try place.shell("chmod +x broken").status == 0)
    let without = try inTerminal("--json | grep -q torch && CKA_PYTHON=$PWD/broken cka doctor")
    #expect(without.status == 0 && without.text.contains("cannot be run: "), "\(without.text)")
    let asked = try inTerminal("--python $PWD/broken")
    #expect(asked.status == 1, "\(asked.text)")
    #expect(asked.text.contains("broken will not do"))
    #expect(try inTerminal("--python nowhere/python").status == 1)
  }

  @Test func aSettingsFileThatIsNamedMustBeUnderstood() throws {
    try place.configure("foo: bar\n")
    #expect(try inTerminal("").status == 0)
    #expect(try inTerminal("--config nowhere").status == 1)
  }

  @Test func settingsThatMeanNothingAreReported() throws {
    try place.configure("range: 1,0\nfoo: bar\n")
    let report = try place.cka("doctor")
    #expect(report.text.contains("'range' must be LOW,HIGH"))
    #expect(report.text.contains("unknown setting 'foo'"))
    let missing = try place.cka("doctor", "--config", "nowhere")
    #expect(missing.text.contains("nowhere: no such settings file"))
  }

  @Test func jsonHasTheSameFacts() throws {
    struct Fact: Decodable {
      var name, value: String
      var advice: String?
    }
    let facts = try JSONDecoder().decode(
      [Fact].self, from: Data(place.cka("doctor", "--json").output))
    let text = try place.cka("doctor").text
    #expect(facts.count > 12)
    #expect(facts.allSatisfy { text.contains($0.value) })
  }

  @Test func theEnvironmentCannotSteerTheTerminal() throws {
    let evil = [
      "TERM": "xterm\u{1B}[2J", "XDG_STATE_HOME": "/tmp/\u{7}\u{202E}", "LC_ALL": "C\u{9B}31m",
    ]
    let report = try place.cka("doctor", environment: evil)
    #expect(report.text.steeringCharacters.isEmpty && report.complaints.steeringCharacters.isEmpty)
  }
}
