import type { Chance } from './random.ts';

const firstNames =
  `Ana Bo Kim Dana Zoë Łukasz Mei Amara Søren Priya Mateo Ifeoma Yusuf Hana Noor Émile Ingrid Tomás
Aisha Kenji Olga Rafael Leila Jonas Nia Arjun Chiara Kwame Sofia Minh Elif Pavel Maya Diego Freya
Omar Linh Viktor Rosa Tariq Astrid Joon Camille Femi Nadia Lars Imani Haruto Greta Santiago Parisa
Malik Eszter Rohan Thandi Marco Yara Björn Salma Wei Ruth Anders Lucía Emeka Katya Idris Siân Carlos
Fatima Henrik Nomsa Ravi Maëlle Dmitri Zainab Oskar Lakshmi Bruno Tuva Hassan Mirela Jin Agnes Kofi
Valentina Stefan Ayumi Gael Naledi Piotr Samira Elias Beatriz Anil Signe Joaquín Mariam Tove Darius
Keiko Andile Isabel Levi Shreya Matthias Oluwaseun Renée Khalid Ewa Luca Divya Niamh Rashid Ines
Tendai Nicolás Hye Vera Samuel Adaeze Thiago Marta Quang Esther Bilal Clara Yuki Daniel Amina Juno`.split(
    /\s+/,
  );

const lastNames =
  `Ruiz Chen Lee Scott Nowak Okafor Sørensen Iyer Fernández Nguyễn Haddad Tanaka Dubois Larsen Mensah
Petrov Silva Kaya Moreau Lindqvist Adeyemi Park O'Brien Hernández Schmidt Khan Rossi Nkosi Horváth
Yamamoto Costa Müller Mbeki Singh Jensen García Novák Popescu Diallo Wójcik Osei Kowalski Rahman Berg
Castillo Fischer Abebe Ito Virtanen Mwangi Sharma Lefèvre Ahmed Bianchi Torres Weiss Suzuki Ncube
Hansen Vargas Farouk Klein Ortiz Öztürk Balogun Marković Pham Eriksen Delgado Shapiro Chowdhury Vidal
Kimura Asante Brandt Medina Reddy Laurent Dlamini Papadopoulos Quinn Aziz Kuznetsov Ramos Wagner Choi
Eze Molina Lund Hoffmann Desai Cruz Baptiste Sato Kamau Andersson Bauer Mehta Nasser Vos Peña Kelly
Traoré Wong Szabó Romero Fraser Ivanov Njoroge Mancini Liu Haugen Sánchez Koch Banerjee Zhou Tremblay`.split(
    /\s+/,
  );

const plainLetters: Record<string, string> = { ø: 'o', ł: 'l', ß: 'ss', æ: 'ae', đ: 'd' };

/** Reduces a name to letters without accents and digits, for an e-mail address. */
function toPlainLetters(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[øłßæđ]/g, (letter) => plainLetters[letter] ?? '')
    .replace(/[^a-z0-9]/g, '');
}

/**
 * Creates a function that names one person after another. Addresses are unique, and so are names as
 * long as there are enough.
 */
export function createNamer(chance: Chance): () => { name: string; email: string } {
  const nameCounts = new Map<string, number>();
  return () => {
    let name = '';
    let address = '';
    for (let attempt = 0; attempt < 8; attempt++) {
      const [firstName, lastName] = [chance.pick(firstNames), chance.pick(lastNames)];
      name = `${firstName} ${lastName}`;
      address = `${toPlainLetters(firstName)}.${toPlainLetters(lastName)}`;
      if (!nameCounts.has(address)) break;
    }
    const namesakes = nameCounts.get(address) ?? 0;
    nameCounts.set(address, namesakes + 1);
    const email = `${address}${namesakes > 0 ? namesakes + 1 : ''}@acme.example`;
    return { name, email };
  };
}
