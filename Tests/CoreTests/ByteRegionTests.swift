import Synchronization
import Testing

@testable import Core

@Suite struct ByteRegionTests {
  @Test func copiesItsContents() {
    let region = ByteRegion(copying: [1, 2, 3])
    #expect(Array(region.bytes) == [1, 2, 3])
    #expect(region.count == 3)
    #expect(ByteRegion(copying: []).count == 0)
  }

  @Test func isReleasedOnceWithItsLastUser() {
    let releases = Counter()
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 8)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    var region: ByteRegion? = ByteRegion(owning: UnsafeRawBufferPointer(memory)) {
      releases.add(1)
      $0.deallocate()
    }
    var matrix = region.flatMap { Matrix(rows: 1, columns: 1, type: .float64, region: $0) }
    region = nil
    #expect(releases.total == 0)
    #expect(matrix?[0, 0] == 0)
    matrix = nil
    #expect(releases.total == 1)
  }
}

/// A count that closures on any thread may raise.
private final class Counter: Sendable {
  private let count = Mutex(0)
  var total: Int { count.withLock { $0 } }
  func add(_ number: Int) { count.withLock { $0 += number } }
}
