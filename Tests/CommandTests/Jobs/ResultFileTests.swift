import Explorer
import Foundation
import Testing

@testable import Runs
@testable import cka

@Suite("Which file shows the result of a job")
struct ResultFileTests {
  private let place: Place
  private let own: String
  private let output: String

  init() throws {
    place = try Place()
    (own, output) = (place.path("own"), place.path("out.cka.safetensors"))
    for path in [own, output] { try Data("result".utf8).write(to: URL(filePath: path)) }
  }

  private func job(_ state: JobState, ended: Date = Date()) throws -> JobStatus {
    JobStatus(
      id: try #require(JobID("20261124-061530-4f2a")), title: "t", state: state, reason: nil,
      isCancelling: false, attempt: 1, progress: nil, created: nil, started: nil,
      updated: Timestamp(ended), folder: place.folder, log: place.path("log"), result: own,
      spec: JobSpec(title: "t", command: [], workingDirectory: place.folder, output: output))
  }

  @Test("the one that was wanted, once it is finished")
  func wanted() throws {
    #expect(JobLine.resultFile(of: try job(.finished)) == output)
    for state in JobState.allCases where state != .finished {
      #expect(JobLine.resultFile(of: try job(state)) == own)
    }
  }

  @Test("the job's own copy, when something else stands there, or nothing")
  func others() throws {
    #expect(JobLine.resultFile(of: try job(.finished, ended: .distantPast)) == own)
    try Data("another result".utf8).write(to: URL(filePath: output))
    #expect(JobLine.resultFile(of: try job(.finished)) == own)
    try FileManager.default.removeItem(atPath: output)
    #expect(JobLine.resultFile(of: try job(.finished)) == own)
  }
}
