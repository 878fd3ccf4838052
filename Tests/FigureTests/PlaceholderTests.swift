import Testing
@testable import Figure
