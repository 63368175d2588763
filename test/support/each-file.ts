// Runs before each file. Files share a worker and its modules, and this is the one thing a program that ran in a
// file before may have set in them.
import { setLogLevel } from '../../src/log.ts';

setLogLevel('info');
