import Foundation
import Testing

@testable import Runs

@Suite struct ValueTests {
  @Test func timestampsSurviveTheirText() throws {
    for milliseconds in stride(from: Int64(1_795_500_930_000), to: 1_795_500_931_000, by: 1) {
      let time = Timestamp(Date(timeIntervalSince1970: Double(milliseconds) / 1000))
      #expect(time.milliseconds == milliseconds)
      let copy = try JSONDecoder().decode(Timestamp.self, from: JSONEncoder().encode(time))
      #expect(copy == time)
    }
  }

  @Test func timestampsHaveEnds() {
    for seconds in [-Double.infinity, .infinity, 1e300, -1e300] {
      #expect(Timestamp(Date(timeIntervalSince1970: seconds)).description.hasSuffix("Z"))
    }
    #expect(Timestamp(Date(timeIntervalSince1970: 0.5)).description == "1970-01-01T00:00:00.500Z")
  }

  @Test func namesOfJobs() throws {
    let time = Timestamp(Date(timeIntervalSince1970: 1_795_500_930.999))
    #expect(JobID(time: time, random: 0x4f2a).description == "20261124-061530-4f2a")
    #expect(JobID(time: time, random: 1).description == "20261124-061530-0001")
    let later = Timestamp(Date(timeIntervalSince1970: 1_795_500_931))
    #expect(JobID(time: time, random: .max) < JobID(time: later, random: 0))
    for foreign in [
      "", "slots", "20261124-061530", "20261124-061530-4F2A", "20261124-061530-4f2", ".",
      "20261124-061530-4f2a-", "2026112x-061530-4f2a", "20261124-061530-4f2a/..", "-20261124-0615",
    ] {
      #expect(JobID(foreign) == nil)
    }
  }

  @Test func progressIsCleaned() {
    let progress = JobProgress(
      phase: "\u{1B}[2J", done: -1, total: 0, fraction: .nan, eta: -.infinity, message: "a\nb",
      numbers: ["half width": 0.02, "nan": .nan])
    let expected = JobProgress(
      phase: #"\u{1B}[2J"#, message: #"a\nb"#, numbers: ["half width": 0.02])
    #expect(progress.cleaned == expected)
    #expect(JobProgress(done: 30, total: 20).cleaned.fraction == 1)
    #expect(JobProgress(done: 5, total: 20).cleaned.fraction == 0.25)
    let many = Dictionary(uniqueKeysWithValues: (0..<100).map { ("\($0)", 1.0) })
    #expect(JobProgress(numbers: many).cleaned.numbers.count == JobProgress.mostNumbers)
  }

  @Test func theTimeLeftComesFromTheSpeedOfThisAttempt() {
    var remaining = RemainingTime()
    func time(_ seconds: Double) -> Timestamp {
      Timestamp(Date(timeIntervalSince1970: 1000 + seconds))
    }
    // Resumed at one half: a tenth in ten seconds leaves four tenths.
    #expect(remaining.estimate(nil, at: time(0)) == nil)
    #expect(remaining.estimate(0.5, at: time(0)) == nil)
    #expect(remaining.estimate(0.5, at: time(5)) == nil)
    #expect(abs((remaining.estimate(0.6, at: time(10)) ?? 0) - 40) < 1e-6)
    #expect(remaining.estimate(0.1, at: time(11)) == nil)
  }

  @Test func aClockThatIsSetBackStartsTheEstimateAnew() {
    var remaining = RemainingTime()
    func time(_ seconds: Double) -> Timestamp { Timestamp(Date(timeIntervalSince1970: seconds)) }
    #expect(remaining.estimate(0.1, at: time(9000)) == nil)
    #expect(remaining.estimate(0.2, at: time(1000)) == nil)
    #expect(abs((remaining.estimate(0.6, at: time(1010)) ?? 0) - 10) < 1e-6)
  }

  @Test func secretsAreNotKept() {
    let all = [
      "PATH": "/bin", "AWS_SECRET_ACCESS_KEY": "x", "CKA_PYTHON": "p", "OMP_NUM_THREADS": "2",
      "GITHUB_TOKEN": "y",
    ]
    let kept = ["PATH": "/bin", "CKA_PYTHON": "p", "OMP_NUM_THREADS": "2"]
    #expect(JobSpec.environment(from: all) == kept)
  }
}
