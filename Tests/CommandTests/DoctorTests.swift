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
